/** Keeps the screen on while something long is going on, where the browser allows it. */
import { useEffect } from 'react';

export function useWakeLock(active: boolean): void {
  useEffect(() => {
    const { wakeLock } = navigator as Partial<Navigator>;
    if (!active || wakeLock === undefined) return;
    let lock: WakeLockSentinel | null = null;
    let over = false;
    async function request() {
      try {
        lock = (await wakeLock?.request('screen')) ?? null;
        if (over) await lock?.release();
      } catch {
        // Low battery or a hidden page: the download goes on, and the screen may go dark.
      }
    }
    // The browser takes the lock away when the page is hidden.
    const again = () => document.visibilityState === 'visible' && void request();
    void request();
    document.addEventListener('visibilitychange', again);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', again);
      void lock?.release();
    };
  }, [active]);
}
