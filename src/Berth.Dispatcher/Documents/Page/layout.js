// Where things of the map are.

const FEW = 24;

/** A group this large has all columns. */
export const isWide = entries => entries.length > FEW;

/** Puts an element in front of another, unless it is there. Returns the one that comes next. */
export function put(container, element, at) {
  if (element === at)
    return at.nextElementSibling;
  container.insertBefore(element, at);
  return at;
}

/** Says about how high a block will be, so that the scroll bar does not jump. */
export function estimate(block, width, isCompact) {
  const [side, height] = isCompact ? [26, 26] : [46, 42], columns = Math.max(1, Math.floor(width / 300));
  let rows = 0;
  for (const { count } of block.children) {
    const isNarrow = count <= FEW, fits = Math.max(1, Math.floor((isNarrow ? width / columns : width) / side));
    rows += (60 + Math.ceil(count / fits) * height) / (isNarrow ? columns : 1);
  }
  if (block.rows !== rows)
    block.style.containIntrinsicBlockSize = `auto ${Math.round(block.rows = rows)}px`;
}

/** The cell of the next or the previous row that is nearest to the column of this one. */
export function inNextRow(cells, at, step) {
  const { left, top } = cells[at].getBoundingClientRect();
  let best, distance = Infinity, row = null;
  for (let i = at + step; i >= 0 && i < cells.length; i += step) {
    const box = cells[i].getBoundingClientRect();
    if (box.top === top)
      continue;
    row ??= box.top;
    if (box.top !== row)
      break;
    if (Math.abs(box.left - left) < distance)
      [best, distance] = [cells[i], Math.abs(box.left - left)];
  }
  return best;
}
