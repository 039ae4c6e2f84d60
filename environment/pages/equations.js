// Turns equations in TeX into HTML: reads [{tex, display}] as JSON from standard input and writes
// {html: [...], css: "..."}. An equation that MathJax refuses is named in "errors", and has no HTML.
'use strict';
const { mathjax } = require('mathjax-full/js/mathjax.js');
const { TeX } = require('mathjax-full/js/input/tex.js');
const { CHTML } = require('mathjax-full/js/output/chtml.js');
const { liteAdaptor } = require('mathjax-full/js/adaptors/liteAdaptor.js');
const { RegisterHTMLHandler } = require('mathjax-full/js/handlers/html.js');
const { AssistiveMmlHandler } = require('mathjax-full/js/a11y/assistive-mml.js');
require('mathjax-full/js/input/tex/AllPackages.js');

const adaptor = liteAdaptor();
// The equation in MathML goes along unseen, for those who have the page read to them.
AssistiveMmlHandler(RegisterHTMLHandler(adaptor));
const tex = new TeX({
  packages: ['base', 'ams', 'newcommand', 'boldsymbol', 'textmacros'], // none that hides an error
  formatError: (_, error) => { throw error; },
});
const chtml = new CHTML({ fontURL: 'fonts' });
const page = mathjax.document('', { InputJax: tex, OutputJax: chtml });

const equations = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const html = [];
const errors = [];
for (const { tex: source, display } of equations) {
  try {
    const node = page.convert(source, { display, em: 16, ex: 8, containerWidth: 80 * 16 });
    html.push(adaptor.outerHTML(node));
  } catch (error) {
    html.push('');
    errors.push(`${source.trim()}\n    ${error.message}`);
  }
}
process.stdout.write(JSON.stringify({ html, errors, css: adaptor.textContent(chtml.styleSheet(page)) }));
