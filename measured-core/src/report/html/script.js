const all = selector => [...document.querySelectorAll(selector)];

// The wall as the sliders have it, by the formulas of what_if.rs.
const bar = all(".bar > svg");
const measured = bar.map(part => parseFloat(part.getAttribute("width")));
const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1, roundingMode: "halfEven" };
const percent = part => (100 * part).toLocaleString("en", digits) + " %";

oninput = () => {
  const widths = [...measured];
  let saved = 0, from = 0;
  for (const slider of all("input")) {
    const speedup = slider.value > 10 ? Infinity : +slider.value;
    saved += slider.dataset.share * (1 - 1 / speedup);
    widths[slider.dataset.part] /= speedup;
    slider.ariaValueText = slider.nextSibling.value = speedup < Infinity ? speedup + "×" : "gone";
  }
  saved = Math.min(saved, 1);
  bar.forEach((part, at) => {
    const width = part.id ? 100 - from : widths[at];
    part.setAttribute("x", from + "%");
    part.setAttribute("width", width + "%");
    from = Math.min(from + width, 100);
  });
  document.getElementById("answer").value =
    `Saves ${percent(saved)} of the time (+${percent(1 / (1 - saved) - 1)} throughput).`;
};

// Figures in their smallest unit; what is none comes last.
function figure(text) {
  const [number, unit] = text.replaceAll(",", "").split(" ");
  return isNaN(number) ? -1 : number * ({ "µs": 1e3, ms: 1e6, s: 1e9 }[unit] ?? 1);
}

for (const button of all("th button")) button.onclick = () => {
  const th = button.parentNode;
  const isFigure = th.className == "figure";
  const falls = th.ariaSort == "none" ? isFigure : th.ariaSort == "ascending";
  const key = row => (isFigure ? figure : String)(row.cells[th.cellIndex].textContent);
  const body = th.closest("table").tBodies[0];
  const rows = [...body.rows].sort((a, b) => (key(a) > key(b)) - (key(a) < key(b)));
  body.append(...(falls ? rows.reverse() : rows));
  for (const other of th.parentNode.cells) other.ariaSort = "none";
  th.ariaSort = falls ? "descending" : "ascending";
};
