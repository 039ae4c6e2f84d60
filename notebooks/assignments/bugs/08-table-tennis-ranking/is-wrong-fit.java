boolean isWrongFit(Function<double[][], double[]> fit) {
  double[] theta = fit.apply(new double[][] {{0, 7}, {3, 0}});
  return Math.abs(theta[0] - theta[1] - Math.log(7.0 / 3)) > 1e-4;   // two players only
}
