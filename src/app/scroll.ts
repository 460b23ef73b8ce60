/** Keeps the newest words in view while the page grows, unless the person has scrolled up to read and asks nothing new. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Pixels from the end that still count as being there. */
const NEAR = 64;

function distanceToEnd(): number {
  const { scrollHeight } = document.documentElement;
  return scrollHeight - window.innerHeight - window.scrollY;
}

/** `turns` is what makes the page grow; while it is empty, the first screen stays at its top. */
export function useStickToEnd(turns: readonly unknown[]): { atEnd: boolean; jump: () => void } {
  const [atEnd, setAtEnd] = useState(true);
  const stuck = useRef(true);
  const asked = useRef(0);
  useEffect(() => {
    const onScroll = () => {
      stuck.current = distanceToEnd() <= NEAR;
      setAtEnd(stuck.current);
    };
    window.addEventListener('scroll', onScroll, { passive: true });
    return () => window.removeEventListener('scroll', onScroll);
  }, []);
  function jump(): void {
    stuck.current = true;
    window.scrollTo({ top: document.documentElement.scrollHeight });
  }
  useLayoutEffect(() => {
    if (turns.length > asked.current) stuck.current = true;
    asked.current = turns.length;
    if (stuck.current && turns.length > 0) jump();
  }, [turns]);
  return { atEnd, jump };
}
