float[][] hiddenMask(int[] below, int[] above) {
  float[][] mask = new float[below.length][above.length];
  for (int j = 0; j < below.length; j++) {
    for (int k = 0; k < above.length; k++) {
      mask[j][k] = above[k] > below[j] ? 1 : 0;
    }
  }
  return mask;
}
