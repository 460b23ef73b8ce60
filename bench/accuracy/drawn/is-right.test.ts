/** The scoring rule on the answers that models really give: chatty, shouting, hedging, half right. */
import { describe, expect, test } from 'vitest';
import { isRight } from './is-right.ts';

describe('right', () => {
  test.each([
    ['The circle is red.', 'red', 'color'],
    ['RED!!!', 'red', 'color'],
    ['  red\n', 'Red', 'color'],
    ['It’s grey.', 'gray', 'color'],
    ['**blue**', 'blue', 'color'],
    ['The shape is a star.', 'star', 'shape'],
    ['These are crosses', 'cross', 'shape'],
    ['Yes, there is a red circle.', 'yes', 'presence'],
    ['yes.', 'yes', 'presence'],
    ['No, there is no blue ring.', 'no', 'presence'],
    ['There are three circles.', '3', 'count'],
    ['3', 'three', 'count'],
    ['I count 12 stars', 'twelve', 'count'],
    ['There are no hearts.', 'zero', 'count'],
    ['None.', '0', 'count'],
    ['It is in the top-left corner.', 'top left', 'position'],
    ['The star is in the centre.', 'center', 'position'],
    ['The heart is in the center.', 'middle center', 'position'],
    ['middle left', 'center left', 'position'],
    ['in the upper right', 'top right', 'position'],
    ['The red circle is bigger.', 'red circle', 'size'],
    ['The red circle is left of the blue square.', 'left', 'relation'],
    ['It says "HELLO".', 'hello', 'reading'],
    ['It says “A1B2”.', 'A1B2', 'reading'],
    ['The text reads NO EXIT', 'no exit', 'reading'],
    ['The word RED is printed in blue', 'RED', 'reading'],
    ['７', '7', 'reading'],
    ['das Wort ist ÜBER', 'über', 'reading'],
    ['It says "Milk 2.50".', 'milk 2.50', 'reading_lines'],
    ['About 47.', '44', 'chart_value'],
    ['Twelve', '12', 'chart_value'],
    ['It is 3:25.', '3:25', 'clock'],
    ['10:10', '10:10', 'clock'],
    ['The first line says "LINE".', 'LINE', 'reading_lines'],
    ['The tallest bar is A.', 'A', 'chart_most_least'],
    ['A bar is the tallest: K', 'K', 'chart_most_least'],
    ['It goes up.', 'up', 'chart_line'],
    ['It is a fire.', 'fire', 'icon'],
    ['a red fire in the picture', 'fire', 'icon_new_wording'],
    ["I can't tell.", "can't tell", 'outside'],
  ])('%j for %j (%s)', (reply, answer, skill) => {
    expect(isRight(reply, answer, skill)).toBe(true);
  });
});

describe('wrong', () => {
  test.each([
    ['', 'red', 'color'],
    ['50', '44', 'chart_value'],
    ['between 40 and 44', '44', 'chart_value'],
    ['It is high.', '44', 'chart_value'],
    ['3:20', '3:25', 'clock'],
    ['10:25', '10:10', 'clock'],
    ['10:10 or 10:25', '10:10', 'clock'],
    ['11:05', '1:05', 'clock'],
    ['It says "LIME" in the first line.', 'LINE', 'reading_lines'],
    ['The first line says "LIME".', 'LINE', 'reading_lines'],
    ['It says "HELLO" or "HALLO".', 'HELLO', 'reading'],
    ['It says "HELLO 2".', 'HELLO', 'reading'],
    ['It is a bar chart.', 'A', 'chart_most_least'],
    ['A or K', 'K', 'chart_most_least'],
    ['It goes up or down.', 'up', 'chart_line'],
    ['It is a fire extinguisher.', 'fire', 'icon'],
    ['   ...   ', 'red', 'color'],
    ['The circle is blue.', 'red', 'color'],
    ['red or blue', 'red', 'color'],
    ['red, grey', 'red', 'color'],
    ['It is bored.', 'red', 'color'],
    ['reddish', 'red', 'color'],
    ['r e d', 'red', 'color'],
    ['a star and a ring', 'star', 'shape'],
    ['Yes. No.', 'yes', 'presence'],
    ['not', 'no', 'presence'],
    ['There is not one.', 'no', 'presence'],
    ['There are three or four.', '3', 'count'],
    ['33', '3', 'count'],
    ['thirteen', '3', 'count'],
    ['Two circles and 1 square', 'two', 'count'],
    ['There are no hearts.', '1', 'count'],
    ['left', 'top left', 'position'],
    ['top right, or left', 'top left', 'position'],
    ['bottom left', 'left', 'position'],
    ['left top', 'top left', 'position'],
    ['The blue circle is bigger than the red circle.', 'red circle', 'size'],
    ['It says "HELL".', 'hello', 'reading'],
    ['HELLOS', 'hello', 'reading'],
    ['seven', '7', 'reading'],
    ['A1B', 'A1B2', 'reading'],
    ['constructor', 'red', 'color'],
    ['anything', '', 'color'],
    ['anything', '', 'reading'],
  ])('%j for %j (%s)', (reply, answer, skill) => {
    expect(isRight(reply, answer, skill)).toBe(false);
  });
});

test('words that name properties of every object are only words', () => {
  expect(isRight('constructor', 'constructor', 'color')).toBe(true);
  expect(isRight('__proto__ toString', 'tostring', 'shape')).toBe(true);
});
