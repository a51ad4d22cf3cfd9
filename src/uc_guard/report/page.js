"use strict";
(() => {
  const root = document.documentElement;
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  root.classList.add("scripted");

  // Light and dark: what the reader chose, else what the system says.
  const theme = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const named = () => {
    const other = dark() ? "light" : "dark";
    theme.textContent = other === "dark" ? "Dark" : "Light";
    theme.setAttribute("aria-label", `Switch to ${other} colours`);
  };
  const keep = (value) => { try { localStorage.setItem("uc_guard-theme", value); } catch { /* no storage here */ } };
  try { const kept = localStorage.getItem("uc_guard-theme"); if (kept === "dark" || kept === "light") root.dataset.theme = kept; } catch { /* no storage here */ }
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; keep(root.dataset.theme); named(); });
  system.addEventListener("change", named);
  named();

  // Pages: the one that the address names, or that holds what it names.
  const pages = all("[data-page]");
  const show = (moved) => {
    const name = decodeURIComponent(location.hash.slice(1));
    const target = (name && document.getElementById(name)) || pages[0];
    const page = target.closest("[data-page]") || pages[0];
    pages.forEach((each) => { each.hidden = each !== page; });
    const top = page.id.startsWith("agent-") ? "agents" : page.id;
    all("nav a").forEach((link) => {
      const here = link.hash === `#${top}`, bar = link.closest("nav");
      if (here) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
      if (here) bar.scrollLeft = Math.max(0, link.offsetLeft + link.offsetWidth + 16 - bar.offsetLeft - bar.clientWidth);
    });
    const title = page.querySelector("h2");
    document.title = `${title.textContent} · uc_guard report`;
    if (target !== page && page.contains(target)) {
      const form = all("form.filters", page)[0];
      if (form && target.hidden) { form.reset(); all("select", form).forEach((each) => { each.value = ""; }); filter(form); }
      all("details", target).forEach((each) => { each.open = true; });
      target.scrollIntoView({ block: "start" });
      const inside = target.querySelector("summary");
      if (moved && inside) inside.focus({ preventScroll: true });
    } else if (target === page) {
      scrollTo(0, 0);
      if (moved) title.focus({ preventScroll: true });
    }
  };

  // Filters: a row stays where every choice fits it and the text is in it.
  const filter = (form) => {
    const rows = all("tbody tr", document.getElementById(form.dataset.for));
    const text = form.querySelector("[data-filter=text]").value.trim().toLowerCase();
    const chosen = all("select", form).filter((each) => each.value).map((each) => [each.dataset.filter, each.value]);
    let shown = 0;
    for (const row of rows) {
      const fits = chosen.every(([name, value]) => row.dataset[name] === value)
        && (!text || row.textContent.toLowerCase().includes(text));
      row.hidden = !fits;
      shown += fits;
    }
    form.querySelector("output").textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown`;
  };
  all("form.filters").forEach((form) => {
    form.addEventListener("input", () => filter(form));
    form.addEventListener("submit", (event) => event.preventDefault());
    filter(form);
  });

  // Sorting: numbers from the greatest, words from A; again turns it round. Equal rows keep their order.
  const key = (cell) => cell.dataset.key ?? cell.textContent.trim();
  all("th[aria-sort]").forEach((head) => {
    head.querySelector("button").addEventListener("click", () => {
      const table = head.closest("table"), body = table.tBodies[0], at = head.cellIndex;
      const before = head.getAttribute("aria-sort"), first = head.classList.contains("n") || head.textContent === "Severity" ? "descending" : "ascending";
      const now = before === "none" ? first : before === "ascending" ? "descending" : "ascending";
      all("th[aria-sort]", table).forEach((each) => each.setAttribute("aria-sort", each === head ? now : "none"));
      const rows = [...body.rows].map((row) => [key(row.cells[at]), row]);
      const numeric = rows.every(([value]) => value !== "" && !Number.isNaN(Number(value)));
      const turn = now === "ascending" ? 1 : -1;
      rows.sort(([a], [b]) => turn * (numeric ? Number(a) - Number(b) : a.localeCompare(b, "en")));
      body.append(...rows.map(([, row]) => row));
    });
  });

  // Copying: where the browser has no clipboard for a file, what is selected is copied as ever.
  const select = (element) => {
    const range = document.createRange(), chosen = getSelection();
    range.selectNodeContents(element); chosen.removeAllRanges(); chosen.addRange(range);
  };
  all("[data-copy]").forEach((button) => {
    const label = button.textContent;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      let done = true;
      try { await navigator.clipboard.writeText(source.textContent); } catch { select(source); done = document.execCommand("copy"); }
      button.textContent = done ? "Copied" : "Selected: press Ctrl+C";
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  });

  addEventListener("beforeprint", () => all("#findings details, .block").forEach((each) => { each.open = true; }));
  addEventListener("hashchange", () => show(true));
  addEventListener("load", () => show(false));
  show(false);
})();
