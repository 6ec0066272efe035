// What Django's admin scripts say, in the page's language: its own catalogue comes from an address that our policy refuses.
"use strict";
{
  const language = document.documentElement.lang.slice(0, 2);
  const selected = {
    ar: (count) => (count === 0 ? "لم يُحدَّد شيء" : "المحدّد %(sel)s من %(cnt)s"),
    fr: (count) => (count < 2 ? "%(sel)s sur %(cnt)s sélectionné" : "%(sel)s sur %(cnt)s sélectionnés"),
  };
  const words = {
    ar: { Filter: "تصفية", Show: "إظهار", Hide: "إخفاء" },
    fr: { Filter: "Filtrer", Show: "Afficher", Hide: "Masquer" },
  };
  window.gettext = (text) => words[language]?.[text] ?? text;
  window.ngettext = (one, many, count) => (one.startsWith("%(sel)s") && selected[language] ? selected[language](count) : count === 1 ? one : many);
  window.pgettext = (_context, text) => window.gettext(text);
  window.npgettext = (_context, one, many, count) => window.ngettext(one, many, count);
  window.interpolate = (text, values, named) =>
    named ? text.replace(/%\((\w+)\)s/g, (_all, name) => String(values[name])) : text.replace(/%s/g, () => String(values.shift()));
  window.get_format = (name) => ({ FIRST_DAY_OF_WEEK: 6, DATE_INPUT_FORMATS: ["%Y-%m-%d"], TIME_INPUT_FORMATS: ["%H:%M"] })[name] ?? "";
  window.pluralidx = (count) => (count === 1 ? 0 : 1);
}
