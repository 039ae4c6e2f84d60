// What the pages do beyond showing: the theme, folding of code, search, and what stands behind a number.
'use strict';
(() => {
  const root = document.documentElement;
  const $ = (selector, all) => (all ? [...document.querySelectorAll(selector)] : document.querySelector(selector));
  const stored = (key, value) => {
    try {
      if (value !== undefined) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch { return null; } // a browser that keeps nothing
  };

  // light or dark as the reader's system has it, until the reader chooses
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const theme = $('#theme');
  const named = () => { theme.textContent = dark() ? 'Light' : 'Dark'; };
  if (stored('theme')) root.dataset.theme = stored('theme');
  named();
  theme.addEventListener('click', () => { root.dataset.theme = stored('theme', dark() ? 'light' : 'dark') || (dark() ? 'light' : 'dark'); named(); });

  const fold = $('#fold');
  if (fold) {
    const cells = $('details.code', true);
    fold.hidden = cells.length === 0;
    fold.addEventListener('click', () => {
      const open = fold.getAttribute('aria-pressed') === 'true';
      cells.forEach(cell => { cell.open = open; });
      fold.setAttribute('aria-pressed', String(!open));
      fold.textContent = open ? 'Hide code' : 'Show code';
    });
    // what lies in a folded cell can be linked to, and is printed
    addEventListener('beforeprint', () => cells.forEach(cell => { cell.open = true; }));
  }
  const contents = $('#contents');
  if (contents && matchMedia('(max-width: 60rem)').matches) contents.open = false;

  // equations wider than the column: smaller, as far as they can still be read, and beyond that they scroll
  const READABLE = 0.72;
  const displayed = $('main .display', true);
  const shrink = () => displayed.forEach(place => {
    const equation = place.querySelector('mjx-container');
    if (!equation) return;
    equation.style.fontSize = '';
    if (place.clientWidth > 0 && place.scrollWidth > place.clientWidth + 1) {
      const most = parseFloat(getComputedStyle(equation).fontSize) / parseFloat(getComputedStyle(place).fontSize);
      equation.style.fontSize = (100 * most * Math.max(READABLE, 0.99 * place.clientWidth / place.scrollWidth)).toFixed(1) + '%';
    }
  });
  document.fonts.ready.then(shrink);
  addEventListener('resize', shrink);

  // equations in the text that no line can hold
  const inline = $('main mjx-container:not([display])', true);
  const fit = () => {
    inline.forEach(equation => equation.classList.remove('wide'));
    const wide = inline.filter(equation => equation.offsetWidth > equation.parentElement.clientWidth && equation.parentElement.clientWidth > 0);
    wide.forEach(equation => { equation.classList.add('wide'); equation.tabIndex = 0; });
  };
  if (matchMedia('(max-width: 60rem)').matches) fit();
  matchMedia('(max-width: 60rem)').addEventListener('change', fit);
  addEventListener('orientationchange', fit);

  // what a number was measured to be: by pointer, by touch and by keys (the button opens it by itself)
  for (const button of $('button.number', true)) {
    const says = document.getElementById(button.getAttribute('popovertarget'));
    let held = false;
    const place = () => {
      const at = button.getBoundingClientRect();
      says.style.left = Math.max(8, Math.min(at.left, innerWidth - says.offsetWidth - 8)) + 'px';
      const below = at.bottom + 6;
      says.style.top = (below + says.offsetHeight > innerHeight ? Math.max(8, at.top - says.offsetHeight - 6) : below) + 'px';
    };
    says.addEventListener('toggle', event => { if (event.newState === 'open') place(); else held = false; });
    button.addEventListener('click', () => { held = true; });
    button.addEventListener('pointerenter', event => { if (event.pointerType === 'mouse' && !says.matches(':popover-open')) says.showPopover(); });
    button.addEventListener('pointerleave', event => { if (event.pointerType === 'mouse' && !held && says.matches(':popover-open')) says.hidePopover(); });
  }

  // search: the texts come when the reader goes to the field
  const field = $('#search');
  const found = $('#found');
  let index = null;
  const script = source => new Promise((loaded, failed) => {
    const element = document.createElement('script');
    element.src = source;
    element.onload = loaded;
    element.onerror = failed;
    document.head.append(element);
  });
  const ready = async () => {
    if (index) return index;
    index = (async () => {
      await script('minisearch.js');
      await script('search.js');
      const made = new MiniSearch({
        fields: ['title', 'text'], storeFields: ['title', 'page', 'address', 'text'],
        searchOptions: { prefix: true, fuzzy: term => (term.length > 4 ? 0.2 : 0), boost: { title: 3 }, combineWith: 'AND' },
      });
      made.addAll(window.lowerboundSearch);
      return made;
    })();
    return index;
  };
  const around = (text, terms) => {
    const low = text.toLowerCase();
    const at = Math.max(0, Math.min(...terms.map(term => low.indexOf(term)).filter(i => i >= 0), text.length) - 60);
    return (at > 0 ? '… ' : '') + text.slice(at, at + 150).trim() + ' …';
  };
  const search = async () => {
    const words = field.value.trim();
    if (words.length < 2) { found.hidden = true; found.replaceChildren(); return; }
    const results = (await ready()).search(words).slice(0, 12);
    if (field.value.trim() !== words) return;
    found.replaceChildren(...results.map(result => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = result.address;
      const title = document.createElement('strong');
      title.textContent = result.title;
      const where = document.createElement('small');
      where.textContent = result.page;
      const text = document.createElement('span');
      text.textContent = around(result.text, result.terms);
      link.append(title, where, text);
      item.append(link);
      return item;
    }));
    if (results.length === 0) {
      const none = document.createElement('li');
      none.textContent = `Nothing found for “${words}”.`;
      found.append(none);
    }
    found.hidden = false;
  };
  field.closest('form').hidden = false;
  field.addEventListener('focus', ready, { once: true });
  field.addEventListener('input', search);
  field.closest('form').addEventListener('submit', event => {
    event.preventDefault();
    const first = found.querySelector('a');
    if (first) location.href = first.href;
  });
  field.closest('form').addEventListener('keydown', event => {
    const links = [field, ...found.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    if (event.key === 'ArrowDown' && at + 1 < links.length) links[at + 1].focus();
    else if (event.key === 'ArrowUp' && at > 0) links[at - 1].focus();
    else if (event.key === 'Escape') { found.hidden = true; field.focus(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener('click', event => { if (!event.target.closest('form')) found.hidden = true; });
})();
