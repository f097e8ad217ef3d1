/** The list, begun with another member each round, so that nobody always comes after the same one. */
export function rotated(list, round) {
  const start = list.length === 0 ? 0 : round % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
