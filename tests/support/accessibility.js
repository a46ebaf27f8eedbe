// What can be checked of WCAG 2.2 AA in the page itself. Returns one sentence for each fault.
const faults = [];
const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const name = (e) => {
    const words = (e.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 40);
    return `<${e.tagName.toLowerCase()}${e.id && '#' + e.id}${e.name ? ' name=' + e.name : ''}>` + (words && ` "${words}"`);
};
const all = (css) => [...document.querySelectorAll(css)];

if (!/^[a-z]{2,3}(-|$)/i.test(document.documentElement.lang)) faults.push('the page does not say its language');
if (!document.title.trim()) faults.push('the page has no title');
const top = all('h1').filter(seen).length;
if (top !== 1) faults.push(`the page has ${top} main headings, not one`);
if (all('main, [role=main]').length !== 1) faults.push('the page has not exactly one main part');
if (/user-scalable\s*=\s*(no|0)|maximum-scale\s*=\s*1(\.0*)?\s*(,|$)/i.test(document.querySelector('meta[name=viewport]')?.content ?? ''))
    faults.push('the page forbids to zoom');

let level = 0;
for (const heading of all('h1, h2, h3, h4, h5, h6').filter(seen)) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) faults.push(`the heading ${name(heading)} skips a level`);
    level = next;
}

const count = new Map();
for (const e of all('[id]')) count.set(e.id, (count.get(e.id) ?? 0) + 1);
for (const [id, times] of count) if (times > 1) faults.push(`the id ${id} is used ${times} times`);
for (const attribute of ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-errormessage', 'aria-owns'])
    for (const e of all(`[${attribute}]`))
        for (const id of e.getAttribute(attribute).trim().split(/\s+/))
            if (!count.has(id)) faults.push(`${name(e)} refers to ${id} by ${attribute}, which is not on the page`);

for (const field of all('input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea')) {
    // A placeholder is no label: it goes when one types.
    const labelled = [...(field.labels ?? [])].some((label) => label.textContent.trim());
    if (!labelled && !field.getAttribute('aria-label')?.trim() && !field.hasAttribute('aria-labelledby'))
        faults.push(`${name(field)} has no label`);
    if (field.type === 'radio' && !field.closest('fieldset, [role=radiogroup], [role=group]'))
        faults.push(`${name(field)} is in no group with a name`);
}
for (const group of all('fieldset'))
    if (!group.querySelector(':scope > legend')?.textContent.trim() && !group.getAttribute('aria-label') && !group.hasAttribute('aria-labelledby'))
        faults.push(`${name(group)} has no legend`);
for (const picture of all('img:not([alt])')) faults.push(`${name(picture)} has no alternative text`);
for (const figure of all('svg').filter(seen)) {
    const silent = figure.closest('[aria-hidden=true]') || figure.parentElement.closest('svg');
    const named = figure.querySelector(':scope > title')?.textContent.trim() || figure.getAttribute('aria-label') || figure.hasAttribute('aria-labelledby');
    if (!silent && !(figure.getAttribute('role') === 'img' && named)) faults.push(`${name(figure)} is neither hidden nor an image with a title`);
}
for (const table of all('table:not([role=presentation])'))
    if (!table.querySelector('th')) faults.push(`${name(table)} has no header cell`);
for (const e of all('[tabindex]')) if (e.tabIndex > 0) faults.push(`${name(e)} changes the order of the focus`);
for (const e of all('a[href] a[href], a[href] button, button a[href], button button, summary a[href], summary button'))
    faults.push(`${name(e)} stands inside another link or button`);
for (const e of all('[aria-hidden=true]'))
    if ([e, ...e.querySelectorAll('a[href], button, input, select, textarea, [tabindex]')].some((x) => x.tabIndex >= 0 && seen(x)))
        faults.push(`${name(e)} is hidden from a screen reader, but takes the focus`);

// Contrast of text with the plain colours behind it. The browser itself turns any notation into numbers.
const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
};
const over = ([r, g, b, a], below) => [r, g, b].map((part, i) => part * a + below[i] * (1 - a));
const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (e) => {
    const layers = [];
    for (; e; e = e.parentElement) {
        const style = getComputedStyle(e);
        if (style.backgroundImage !== 'none') return null; // a picture or gradient: the eye has to judge
        layers.push(rgba(style.backgroundColor));
    }
    const paper = matchMedia('(prefers-color-scheme: dark)').matches && getComputedStyle(document.documentElement).colorScheme.includes('dark') ? [18, 18, 18] : [255, 255, 255];
    return layers.reduceRight((below, layer) => over(layer, below), paper);
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const judged = new Set();
while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || judged.has(e) || e.closest('script, style, template, noscript, option, svg, :disabled, [aria-disabled=true]') || !seen(e)) continue;
    judged.add(e);
    const box = e.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue; // only for a screen reader
    const below = ground(e);
    if (!below) continue;
    const style = getComputedStyle(e);
    const [a, b] = [luminance(over(rgba(style.color), below)), luminance(below)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (contrast < needed - 0.005) faults.push(`${name(e)} has a contrast of ${contrast.toFixed(2)}, not ${needed}`);
}

// WCAG 2.2, 2.5.8: 24 pixels, but not for links in a line of text and what the browser draws itself.
for (const e of all('button, input:not([type=hidden]), select, textarea, summary, [role=button]').filter(seen)) {
    if (['checkbox', 'radio', 'range', 'color'].includes(e.type)) continue;
    const box = e.getBoundingClientRect();
    if (box.width > 1 && (box.width < 24 || box.height < 24)) faults.push(`${name(e)} is a target of only ${Math.round(box.width)} by ${Math.round(box.height)} pixels`);
}
return faults;
