double gap(double[] q, double[] posterior, double[] klZ) {
  double gap = 0;
  for (int y = 0; y < q.length; y++) {
    gap += posterior[y] * Math.log(posterior[y] / q[y]) + q[y] * klZ[y];
  }
  return gap;
}
