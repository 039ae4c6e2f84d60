double factorisedGap(double[][] precision) {
  return -0.5 * Math.log(1 - precision[0][1] * precision[1][0]);
}
