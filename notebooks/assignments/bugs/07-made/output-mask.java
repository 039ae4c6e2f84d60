float[][] outputMask(int[] below, int[] outputs) {
  float[][] mask = new float[below.length][outputs.length];
  for (int j = 0; j < below.length; j++) {
    for (int d = 0; d < outputs.length; d++) {
      mask[j][d] = outputs[d] >= below[j] ? 1 : 0;
    }
  }
  return mask;
}
