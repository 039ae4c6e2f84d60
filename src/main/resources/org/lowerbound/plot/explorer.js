(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const make = (parent, name, style) => {
    const element = parent.appendChild(document.createElement(name));
    if (style) element.className = style;
    return element;
  };
  const drawn = (parent, name, attributes) => {
    const element = parent.appendChild(document.createElementNS(SVG, name));
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return element;
  };
  const number = value => {
    const text = value.toFixed(2);
    return (text === '-0.00' ? '0.00' : text).replace('-', '\u2212');
  };
  const within = (value, most) => Math.max(0, Math.min(most, value));

  function start(root) {
    if (root.classList.contains('lbe-ready')) return;
    root.classList.add('lbe-ready');
    const grid = JSON.parse(root.querySelector('.lbe-data').textContent);
    const frame = root.querySelector('.lbe-frame');
    const plane = root.querySelector('.lbe-plane');
    const sheet = plane.querySelector('img');
    const columns = grid.x.length;
    const rows = grid.y.length;

    // Axes: five values along each.
    const tick = (text, left, top, shift) => {
      const label = make(frame, 'span', 'lbe-tick');
      label.textContent = text;
      label.style.left = left;
      label.style.top = top;
      label.style.transform = shift;
    };
    const along = (count, place) => {
      for (let i = 0; i < 5; i++) {
        const at = Math.round(i * (count - 1) / 4);
        if (i === 0 || at !== Math.round((i - 1) * (count - 1) / 4)) place(at, (at + 0.5) / count);
      }
    };
    const across = part => 'calc(58px + (100% - 58px) * ' + part + ')';
    const down = part => 'calc((100% - 44px) * ' + part + ')';
    along(columns, (at, part) => tick(number(grid.x[at]), across(part), 'calc(100% - 41px)', 'translateX(-50%)'));
    along(rows, (at, part) => tick(number(grid.y[at]), '53px', down(part), 'translate(-100%, -50%)'));
    tick(grid.axes[0], across(0.5), 'calc(100% - 21px)', 'translateX(-50%)');
    tick(grid.axes[1], '8px', down(0.5), 'translate(-50%, -50%) rotate(-90deg)');

    // The picture, large, and where it is.
    const side = make(root.querySelector('.lbe-body'), 'div', 'lbe-side');
    const large = make(side, 'canvas');
    large.width = grid.width;
    large.height = grid.height;
    large.setAttribute('role', 'img');
    const brush = large.getContext('2d');
    brush.imageSmoothingEnabled = false;
    const where = make(side, 'div', 'lbe-where');
    where.setAttribute('role', 'status');
    where.setAttribute('aria-live', 'polite');
    where.setAttribute('aria-atomic', 'true');

    // Encoded points: the colour of the class in a rim, and from the ninth class on a white heart.
    if (grid.points.length) {
      const dots = drawn(plane, 'svg', {viewBox: '0 0 1000 1000', preserveAspectRatio: 'none', 'aria-hidden': 'true'});
      const box = make(side, 'fieldset');
      make(box, 'legend').textContent = grid.legend;
      const dot = (parent, kind, path) => {
        drawn(parent, 'path', {d: path, stroke: grid.rim, 'stroke-width': 7});
        drawn(parent, 'path', {d: path, stroke: kind.colour, 'stroke-width': 5.5});
        if (kind.ring) drawn(parent, 'path', {d: path, stroke: '#fff', 'stroke-width': 2.5});
      };
      const choice = (name, change) => {
        const label = make(box, 'label');
        const input = make(label, 'input');
        input.type = 'checkbox';
        input.checked = true;
        input.addEventListener('change', change);
        return {label, input, name: () => { make(label, 'span').textContent = name; }};
      };
      const kinds = [];
      const update = () => {
        for (const kind of kinds) kind.layer.style.display = kind.input.checked ? '' : 'none';
        const shown = kinds.filter(kind => kind.input.checked).length;
        all.input.checked = shown > 0;
        all.input.indeterminate = shown > 0 && shown < kinds.length;
      };
      const all = choice('all', () => {
        for (const kind of kinds) kind.input.checked = all.input.checked;
        update();
      });
      all.name();
      for (const kind of grid.points) {
        const layer = drawn(dots, 'g', {});
        dot(layer, kind, kind.path);
        const {label, input, name} = choice(kind.name, update);
        const sample = drawn(label, 'svg', {viewBox: '0 0 14 14', 'aria-hidden': 'true'});
        sample.style.background = grid.ground;
        dot(sample, kind, 'M7 7h.01');
        name();
        kinds.push({layer, input});
      }
    }

    const here = make(plane, 'div', 'lbe-here');
    here.style.width = 100 / columns + '%';
    here.style.height = 100 / rows + '%';
    let column = -1;
    let row = -1;
    function go(toColumn, toRow) {
      toColumn = within(toColumn, columns - 1);
      toRow = within(toRow, rows - 1);
      if (toColumn === column && toRow === row) return;
      column = toColumn;
      row = toRow;
      here.style.left = 100 * column / columns + '%';
      here.style.top = 100 * row / rows + '%';
      where.textContent =
        grid.axes[0] + ' = ' + number(grid.x[column]) + ', ' + grid.axes[1] + ' = ' + number(grid.y[row]);
      large.setAttribute('aria-label', 'Picture at ' + where.textContent);
      draw();
    }
    function draw() {
      if (!sheet.complete || !sheet.naturalWidth) return;
      const {width, height} = grid;
      brush.clearRect(0, 0, width, height);
      brush.drawImage(sheet, column * width, row * height, width, height, 0, 0, width, height);
    }
    const loaded = () => {
      // A few large pixels stay squares; many small ones are better smoothed.
      if (sheet.naturalWidth < 400) sheet.style.imageRendering = 'pixelated';
      draw();
    };
    sheet.addEventListener('load', loaded);
    if (sheet.complete) loaded();
    sheet.draggable = false;
    go(columns >> 1, rows >> 1);

    const point = event => {
      const area = plane.getBoundingClientRect();
      go(
        Math.floor((event.clientX - area.left) / area.width * columns),
        Math.floor((event.clientY - area.top) / area.height * rows));
    };
    plane.addEventListener('pointermove', point);
    plane.addEventListener('pointerdown', event => {
      point(event);
      plane.focus({preventScroll: true});
    });

    plane.tabIndex = 0;
    plane.setAttribute('role', 'application');
    plane.setAttribute('aria-roledescription', 'latent plane');
    plane.setAttribute('aria-label', grid.label);
    plane.addEventListener('keydown', event => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const far = event.shiftKey ? 5 : 1;
      const keys = {
        ArrowLeft: [column - far, row],
        ArrowRight: [column + far, row],
        ArrowUp: [column, row - far],
        ArrowDown: [column, row + far],
        Home: [0, row],
        End: [columns - 1, row],
        PageUp: [column, 0],
        PageDown: [column, rows - 1],
      };
      const to = keys[event.key];
      if (!to) return;
      // The page neither scrolls nor, in JupyterLab, selects another cell.
      event.preventDefault();
      event.stopPropagation();
      go(to[0], to[1]);
    });
  }

  // The script's own explorer; where a page runs scripts in a way that hides which one, all that wait.
  const own = document.currentScript && document.currentScript.closest('.lowerbound-explorer');
  (own ? [own] : document.querySelectorAll('.lowerbound-explorer')).forEach(start);
})();
