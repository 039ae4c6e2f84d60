(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const GREYS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_';
  // A panel in units of its drawing: as wide as a phone, so that its text is read there.
  const WIDTH = 360, HEIGHT = 280, LEFT = 48, RIGHT = 10, TOP = 26, BOTTOM = 44;
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
  const within = (value, least, most) => Math.max(least, Math.min(most, value));
  const said = value => String(+value.toPrecision(6)).replace('-', '\u2212');

  /** Round numbers from low to high, four or so. */
  function ticks(low, high) {
    const rough = (high - low) / 4, power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map(factor => factor * power).find(size => size >= rough);
    const found = [];
    for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + 1e-9 * step; at += step) found.push(+at.toPrecision(9));
    return found;
  }

  function start(root) {
    if (root.classList.contains('lbp-ready')) return;
    root.classList.add('lbp-ready');
    const play = JSON.parse(root.querySelector('.lbp-data').textContent);
    const chosen = play.parameters.map(parameter => parameter.start);
    const number = of => of.reduce((sum, index, k) => sum * play.parameters[k].texts.length + index, 0);
    const look = (table, state) => table.values[table.of ? table.of[state] : state];

    const plots = make(root, 'div', 'lbp-panels');
    const updates = [];
    play.panels.forEach(panel => updates.push(plot(make(plots, 'div', 'lbp-panel'), panel)));

    const controls = make(root, 'div', 'lbp-controls');
    const says = make(root, 'p', 'lbp-says');
    says.setAttribute('role', 'status');
    says.setAttribute('aria-live', 'polite');
    play.parameters.forEach((parameter, k) => {
      const label = make(controls, 'label');
      label.textContent = parameter.name;
      const input = make(controls, parameter.named ? 'select' : 'input');
      input.id = 'lbp-' + Math.random().toString(36).slice(2);
      label.htmlFor = input.id;
      if (parameter.named) {
        parameter.texts.forEach((text, i) => { make(input, 'option').textContent = text; input.lastChild.value = i; });
      } else {
        input.type = 'range';
        input.min = 0;
        input.max = parameter.texts.length - 1;
        input.step = 1;
      }
      const text = parameter.named ? null : make(controls, 'output');
      input.addEventListener('input', () => { chosen[k] = Number(input.value); show(); });
      // The page neither scrolls nor, in JupyterLab, selects another cell.
      input.addEventListener('keydown', event => event.stopPropagation());
      updates.push(() => {
        input.value = chosen[k];
        if (!text) return;
        text.textContent = parameter.texts[chosen[k]];
        input.setAttribute('aria-valuetext', parameter.texts[chosen[k]]);
      });
    });

    function show() {
      const state = number(chosen);
      updates.forEach(update => update(state));
      says.textContent = look(play.says, state);
    }

    function plot(place, panel) {
      const [x0, x1, y0, y1] = panel.box;
      const pictures = panel.series.every(series => series.kind === 'cells');
      let wide = WIDTH - LEFT - RIGHT, tall = HEIGHT - TOP - BOTTOM;
      if (panel.square) tall = wide * (y1 - y0) / (x1 - x0);
      if (pictures) tall = wide;
      const height = tall + TOP + (pictures ? 6 : BOTTOM);
      const svg = drawn(place, 'svg', {viewBox: `0 0 ${WIDTH} ${height}`, role: 'img'});
      const x = value => LEFT + (value - x0) / (x1 - x0) * wide;
      const y = value => TOP + (y1 - value) / (y1 - y0) * tall;
      drawn(svg, 'text', {x: LEFT, y: 16, class: 'lbp-name'}).textContent = panel.name;
      const clip = 'lbp-' + Math.random().toString(36).slice(2);
      drawn(drawn(svg, 'clipPath', {id: clip}), 'rect', {x: LEFT, y: TOP, width: wide, height: tall});
      if (!pictures) {
        const line = (a, b, c, d, opacity) =>
          drawn(svg, 'line', {x1: a, y1: b, x2: c, y2: d, stroke: 'currentColor', 'stroke-opacity': opacity});
        for (const at of ticks(x0, x1)) {
          line(x(at), TOP, x(at), TOP + tall, 0.15);
          drawn(svg, 'text', {x: x(at), y: TOP + tall + 16, 'text-anchor': 'middle'}).textContent = said(at);
        }
        for (const at of ticks(y0, y1)) {
          line(LEFT, y(at), LEFT + wide, y(at), 0.15);
          drawn(svg, 'text', {x: LEFT - 5, y: y(at) + 4, 'text-anchor': 'end'}).textContent = said(at);
        }
        drawn(svg, 'rect', {x: LEFT, y: TOP, width: wide, height: tall, fill: 'none', stroke: 'currentColor', 'stroke-opacity': 0.5});
        drawn(svg, 'text', {x: LEFT + wide / 2, y: height - 8, 'text-anchor': 'middle'}).textContent = panel.x;
        drawn(svg, 'text', {x: 0, y: 0, 'text-anchor': 'middle', transform: `translate(11 ${TOP + tall / 2}) rotate(-90)`}).textContent = panel.y;
      }
      const inside = drawn(svg, 'g', {'clip-path': `url(#${clip})`});
      const draws = panel.series.map(series => draw(inside, series));
      if (!pictures && panel.series.length > 1) {
        const legend = make(place, 'div', 'lbp-legend');
        for (const series of panel.series) {
          const entry = make(legend, 'span');
          const sample = make(entry, 'i');
          sample.style.borderColor = series.colour;
          if (series.dashed) sample.style.borderTopStyle = 'dashed';
          entry.append(series.name);
        }
      }
      const handles = panel.handles.map(handle => held(svg, handle));
      return state => {
        draws.forEach(update => update(state));
        handles.forEach(update => update(state));
        svg.setAttribute('aria-label', panel.name + '. ' + look(play.says, state));
      };

      function draw(parent, series) {
        if (series.kind === 'cells') {
          const canvas = document.createElement('canvas'), image = drawn(parent, 'image', {
            x: LEFT, y: TOP, width: wide, height: tall, preserveAspectRatio: 'none', style: 'image-rendering:pixelated'});
          return state => {
            const rows = look(series.data, state).split('/');
            canvas.height = rows.length;
            canvas.width = rows[0].length;
            const brush = canvas.getContext('2d');
            rows.forEach((row, r) => [...row].forEach((grey, c) => {
              const level = GREYS.indexOf(grey) * 255 / 63;
              brush.fillStyle = grey === '.' ? '#56B4E9' : `rgb(${level},${level},${level})`;
              brush.fillRect(c, r, 1, 1);
            }));
            image.setAttribute('href', canvas.toDataURL());
          };
        }
        const solid = series.kind === 'points' || series.kind === 'bars';
        const path = drawn(parent, 'path', {
          fill: solid ? series.colour : 'none', stroke: solid ? 'none' : series.colour, 'stroke-width': 2.5, 'stroke-linejoin': 'round'});
        if (series.kind === 'bars') path.setAttribute('fill-opacity', 0.75);
        if (series.kind === 'segments') path.setAttribute('stroke-width', 1.5);
        if (series.dashed) path.setAttribute('stroke-dasharray', '6 5');
        return state => {
          const data = look(series.data, state);
          const xs = series.x || data[0], ys = data[data.length - 1];
          const bar = series.kind === 'bars' ? 0.7 * (xs.length > 1 ? x(xs[1]) - x(xs[0]) : 20) : 0;
          let text = '', on = false;
          xs.forEach((at, i) => {
            if (at === null || ys[i] === null) { on = false; return; }
            const a = x(at).toFixed(1), b = within(y(ys[i]), -900, 1900).toFixed(1);
            if (series.kind === 'points') text += `M${a} ${b}m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`;
            else if (series.kind === 'bars') text += `M${x(at) - bar / 2} ${y(0)}V${b}h${bar}V${y(0)}z`;
            else if (series.kind === 'segments') text += (i % 2 ? 'L' : 'M') + a + ' ' + b;
            else text += (on ? 'L' : 'M') + a + ' ' + b;
            on = true;
          });
          path.setAttribute('d', text);
        };
      }

      /** A dot under the finger: the state whose dot is nearest to it is chosen. */
      function held(parent, handle) {
        const dot = drawn(parent, 'g', {class: 'lbp-handle'});
        drawn(dot, 'circle', {r: 22, fill: 'transparent'});
        drawn(dot, 'circle', {r: 8, fill: '#E69F00', stroke: '#000', 'stroke-width': 1.5});
        const place = state => { const [a, b] = look(handle.at, state); return [x(a), y(b)]; };
        const drag = event => {
          const area = svg.getBoundingClientRect();
          const toX = (event.clientX - area.left) / area.width * WIDTH;
          const toY = (event.clientY - area.top) / area.height * height;
          let best = Infinity, nearest = chosen.slice();
          const tried = chosen.slice();
          const choose = left => {
            if (left === handle.of.length) {
              const [a, b] = place(number(tried));
              const far = (a - toX) ** 2 + (b - toY) ** 2;
              if (far < best) { best = far; nearest = tried.slice(); }
              return;
            }
            for (let i = 0; i < play.parameters[handle.of[left]].texts.length; i++) {
              tried[handle.of[left]] = i;
              choose(left + 1);
            }
          };
          choose(0);
          nearest.forEach((index, k) => { chosen[k] = index; });
          show();
        };
        dot.addEventListener('pointerdown', event => {
          dot.setPointerCapture(event.pointerId);
          dot.classList.add('lbp-held');
          event.preventDefault();
        });
        // The page does not scroll under a finger that holds the dot; touch-action is not heeded inside an SVG.
        dot.addEventListener('touchstart', event => event.preventDefault(), {passive: false});
        dot.addEventListener('pointermove', event => { if (dot.classList.contains('lbp-held')) drag(event); });
        for (const end of ['pointerup', 'pointercancel']) dot.addEventListener(end, () => dot.classList.remove('lbp-held'));
        return state => dot.setAttribute('transform', `translate(${place(state).map(v => v.toFixed(1)).join(' ')})`);
      }
    }
    show();
  }

  // The script's own explorer; where a page runs scripts in a way that hides which one, all that wait.
  const own = document.currentScript && document.currentScript.closest('.lowerbound-play');
  (own ? [own] : document.querySelectorAll('.lowerbound-play')).forEach(start);
})();
