boolean[][] alive(float[][][] masks) {
  boolean[][] alive = new boolean[masks.length - 1][];
  for (int l = 0; l < alive.length; l++) {
    alive[l] = new boolean[masks[l + 1].length];
    for (int k = 0; k < alive[l].length; k++) {
      boolean below = false;
      boolean above = false;
      for (float[] row : masks[l]) {
        below |= row[k] != 0;
      }
      for (float weight : masks[l + 1][k]) {
        above |= weight != 0;
      }
      alive[l][k] = below && above;
    }
  }
  return alive;
}
