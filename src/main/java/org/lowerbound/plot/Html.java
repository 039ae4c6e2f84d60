package org.lowerbound.plot;

/**
 * A result that knows how to appear on a notebook page; elsewhere its {@code toString()} is read.
 */
public interface Html {

  /**
   * This result as a self-contained fragment of HTML: no outside files, no scripts except where
   * there is something to explore, colours inherited from the page so that light and dark themes
   * both read well.
   */
  String toHtml();

  /** The text with the characters that HTML reserves escaped. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
