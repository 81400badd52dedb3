/**
 * The editor of a cell: CodeMirror, with the classes of colour that the page's code has. A chunk of
 * its own, which is loaded when a reader first turns to a cell.
 *
 * @module
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/** What an editor is opened with. */
export interface EditorOptions {
  code: string;
  /** What a screen reader calls it. */
  label: string;
  changed(code: string): void;
  run(): void;
}

/** An open editor. */
export interface Editor {
  /** Shows another text, as one step that can be undone. */
  show(code: string): void;
  /** Goes there with the cursor at a place of the text. */
  focus(at?: number): void;
  /** Goes to a line, from 1. */
  focusLine(line: number): void;
}

/** Opens an editor in an element. */
export function openEditor(
  parent: Element,
  { code, label, changed, run }: EditorOptions,
): Editor {
  const running = () => {
    run();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: code,
      extensions: [
        history(),
        indentOnInput(),
        indentUnit.of("  "),
        bracketMatching(),
        javascript({ typescript: true }),
        syntaxHighlighting(classHighlighter),
        keymap.of([
          ...["Ctrl-Enter", "Cmd-Enter", "Shift-Enter"].map((key) => ({ key, run: running })),
          indentWithTab,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-description": "Shift and Enter run the cell. Escape, then Tab, leaves the editor.",
          spellcheck: "false",
          autocapitalize: "off",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  const select = (anchor: number) => {
    view.dispatch({ selection: { anchor }, scrollIntoView: true });
    view.focus();
  };
  return {
    show(text) {
      if (text === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    focus: (at) => at === undefined ? view.focus() : select(Math.min(at, view.state.doc.length)),
    focusLine: (line) => select(view.state.doc.line(Math.min(line, view.state.doc.lines)).from),
  };
}
