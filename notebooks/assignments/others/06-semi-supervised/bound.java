double bound(double[] q, int[] x, double[][] W, double[] prior) {
  double[] joint = logJoint(x, W, prior);
  double sum = 0;
  for (int y = 0; y < 2; y++) {
    if (q[y] > 0) {
      sum += q[y] * (joint[y] - Math.log(q[y]));
    }
  }
  return sum;
}
