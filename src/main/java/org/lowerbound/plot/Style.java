package org.lowerbound.plot;

import java.awt.Color;
import java.awt.Font;

/** Colours and fonts of the house style. */
final class Style {

  // M. Okabe, K. Ito, "Color Universal Design", 2008. Yellow, weak on white, comes last but one.
  static final Color[] PALETTE = {
    new Color(0x0072B2), // blue
    new Color(0xD55E00), // vermillion
    new Color(0x009E73), // bluish green
    new Color(0xCC79A7), // reddish purple
    new Color(0xE69F00), // orange
    new Color(0x56B4E9), // sky blue
    new Color(0xF0E442), // yellow
    new Color(0x000000) // black
  };

  static final Color INK = new Color(0x222222);
  static final Color FRAME = new Color(0x888888);
  static final Color GRID = new Color(0xE3E3E3);
  static final Color REFERENCE = new Color(0x444444);

  private Style() {}

  static Font text(int size) {
    return new Font(Font.SANS_SERIF, Font.PLAIN, size);
  }

  static Font bold(int size) {
    return new Font(Font.SANS_SERIF, Font.BOLD, size);
  }
}
