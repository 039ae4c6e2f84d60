(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const WIDTH = 640, HEIGHT = 260, LEFT = 8, TOP = 8, FLOOR = 228;
  const drawn = (parent, name, attributes) => {
    const element = parent.appendChild(document.createElementNS(SVG, name));
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return element;
  };
  const within = (value, least, most) => Math.max(least, Math.min(most, value));

  function start(root) {
    if (root.classList.contains('lbl-ready')) return;
    root.classList.add('lbl-ready');
    const law = JSON.parse(root.querySelector('.lbl-data').textContent);
    const most = law.least + law.end[0].length - 1;
    let centre = 96, scale = 13, level = 120;
    const price = (k, m, i) => k === 0 ? law.end[i][m - law.least]
      : k === 255 ? law.end[i][within(255 - m - law.least, 0, law.end[i].length - 1)]
      : law.inside[i][Math.abs(k - m)];

    const plot = drawn(root, 'svg', {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, tabindex: 0, role: 'application'});
    const across = k => LEFT + (k + 0.5) * (WIDTH - 2 * LEFT) / 256;
    drawn(plot, 'line', {x1: LEFT, x2: WIDTH - LEFT, y1: FLOOR, y2: FLOOR, stroke: 'currentColor'});
    const bars = drawn(plot, 'path', {fill: '#56B4E9', stroke: 'none'});
    const mark = drawn(plot, 'line', {y1: TOP, y2: FLOOR, stroke: '#0072B2', 'stroke-width': 2, 'stroke-dasharray': '5 4'});
    const seen = drawn(plot, 'path', {fill: '#D55E00', stroke: 'none'});
    for (const k of [0, 64, 128, 192, 255]) {
      drawn(plot, 'text', {x: across(k), y: HEIGHT - 14, 'text-anchor': k === 0 ? 'start' : k === 255 ? 'end' : 'middle'}).textContent = k;
    }
    const top = drawn(plot, 'text', {x: WIDTH - LEFT, y: TOP + 12, 'text-anchor': 'end'});

    const row = root.appendChild(document.createElement('label'));
    row.className = 'lbl-slider';
    row.append('observed level ');
    const slider = row.appendChild(document.createElement('input'));
    slider.type = 'range'; slider.min = 0; slider.max = 255; slider.value = level;
    const said = root.appendChild(document.createElement('output'));

    function show() {
      const mass = [];
      for (let k = 0; k < 256; k++) mass.push(Math.pow(2, -price(k, centre, scale)));
      const highest = Math.max(...mass);
      const wide = (WIDTH - 2 * LEFT) / 256;
      let path = '';
      mass.forEach((p, k) => {
        const tall = (FLOOR - TOP - 20) * p / highest;
        if (tall > 0.05) path += `M${(LEFT + k * wide).toFixed(1)} ${FLOOR}v${(-tall).toFixed(1)}h${wide}V${FLOOR}z`;
      });
      bars.setAttribute('d', path);
      const middle = across(within(centre, 0, 255));
      mark.setAttribute('x1', middle);
      mark.setAttribute('x2', middle);
      const x = across(level);
      seen.setAttribute('d', `M${x - 6} ${FLOOR + 12}h12l-6 -12z`);
      top.textContent = 'highest bar ' + highest.toPrecision(2);
      const bits = price(level, centre, scale);
      const total = mass.reduce((a, b) => a + b, 0);
      said.textContent = `centre ${centre}, scale ${law.scales[scale].toPrecision(2)} levels; level ${level} costs `
        + `${bits < 0.01 ? bits.toPrecision(1) : bits.toFixed(bits < 10 ? 2 : 1)} bits. All 256 masses together: ${total.toFixed(3)}`;
      plot.setAttribute('aria-label', said.textContent + '. Arrow keys: left and right move the centre, up and down the scale.');
    }

    const point = event => {
      const box = plot.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
      // A margin on both sides, so that the centre can leave the levels.
      centre = Math.round(within(-32 + x * 319, law.least, most));
      scale = Math.round(within((1 - y) * (law.scales.length - 1), 0, law.scales.length - 1));
      show();
    };
    plot.addEventListener('pointermove', point);
    plot.addEventListener('pointerdown', point);
    plot.addEventListener('keydown', event => {
      const step = event.shiftKey ? 10 : 1;
      const moves = {ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      centre = within(centre + move[0], law.least, most);
      scale = within(scale + move[1], 0, law.scales.length - 1);
      show();
    });
    slider.addEventListener('input', () => { level = Number(slider.value); show(); });
    slider.addEventListener('keydown', event => event.stopPropagation());
    show();
  }
  document.querySelectorAll('.lowerbound-levels').forEach(start);
})();
