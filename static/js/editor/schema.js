// What may be written, as the editor knows it: no more than network/text/clean.py lets through.

export function extensions(library, { placeholder }) {
  const {
    Blockquote,
    Bold,
    BulletList,
    Code,
    Document,
    Extension,
    Gapcursor,
    HardBreak,
    Heading,
    History,
    Italic,
    ListItem,
    Mark,
    Node,
    OrderedList,
    Paragraph,
    Placeholder,
    Strike,
    Text,
    Underline,
  } = library;

  const QuoteOrParagraph = Paragraph.extend({
    addAttributes() {
      return {
        class: {
          default: null,
          keepOnSplit: false,
          parseHTML: (element) => (element.classList.contains("quote-author") ? "quote-author" : null),
        },
      };
    },
  });

  const Quote = Blockquote.extend({
    addAttributes() {
      return {
        class: { default: null, parseHTML: (element) => (element.classList.contains("quote") ? "quote" : null) },
        cite: { default: null, parseHTML: (element) => element.getAttribute("cite") },
      };
    },
  });

  // Every paragraph finds its own direction from its own words.
  const Directions = Extension.create({
    name: "directions",
    addGlobalAttributes() {
      return [
        {
          types: ["paragraph", "heading"],
          attributes: { dir: { default: "auto", parseHTML: () => "auto", renderHTML: () => ({ dir: "auto" }) } },
        },
      ];
    },
  });

  const Link = Mark.create({
    name: "link",
    inclusive: false,
    exitable: true,
    addAttributes() {
      return { href: { default: null } };
    },
    parseHTML() {
      return [{ tag: "a[href]:not(.mention)", getAttrs: (element) => isAddress(element.getAttribute("href")) && null }];
    },
    renderHTML({ HTMLAttributes }) {
      return ["a", HTMLAttributes, 0];
    },
  });

  const Mention = Node.create({
    name: "mention",
    group: "inline",
    inline: true,
    atom: true,
    selectable: false,
    priority: 1000,
    addAttributes() {
      return {
        handle: { default: null, rendered: false },
        name: { default: null, rendered: false },
      };
    },
    parseHTML() {
      return [
        {
          tag: "a.mention",
          priority: 100,
          getAttrs: (element) => {
            const handle = element.dataset.handle || /^\/@(.+)$/.exec(element.getAttribute("href") ?? "")?.[1];
            return handle ? { handle, name: element.textContent.replace(/^@/, "") } : false;
          },
        },
      ];
    },
    renderHTML({ node }) {
      return ["a", { class: "mention", href: `/@${node.attrs.handle}` }, `@${node.attrs.name}`];
    },
    renderText({ node }) {
      return `@${node.attrs.handle}`;
    },
  });

  return [
    Document,
    Text,
    QuoteOrParagraph,
    HardBreak,
    Bold,
    Italic,
    Underline,
    Strike,
    Code,
    Quote,
    BulletList,
    OrderedList,
    ListItem,
    Heading.configure({ levels: [2, 3, 4] }),
    History,
    Gapcursor,
    Placeholder.configure({ placeholder }),
    Directions,
    Link,
    Mention,
  ];
}

// The same addresses that the server keeps: whole ones, mail and telephone, and paths of our own.
export function isAddress(href) {
  return /^(?:https?:\/\/[^\s\\/?#@]+(?:[/?#][^\s\\]*)?|mailto:[^\s\\]+|tel:[+\d().\s-]{3,30}|\/(?![/\\])[^\s\\]*)$/i.test(href ?? "");
}
