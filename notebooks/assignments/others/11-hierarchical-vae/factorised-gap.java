double factorisedGap(double[][] precision) {
  double determinant = precision[0][0] * precision[1][1] - precision[0][1] * precision[1][0];
  return 0.5 * (Math.log(precision[0][0]) + Math.log(precision[1][1]) - Math.log(determinant));
}
