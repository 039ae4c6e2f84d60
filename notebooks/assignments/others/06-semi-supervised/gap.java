double gap(double[] q, double[] posterior, double[] klZ) {
  return IntStream.range(0, q.length).filter(y -> q[y] > 0).mapToDouble(y -> q[y] * Math.log(q[y]) - q[y] * Math.log(posterior[y]) + q[y] * klZ[y]).sum();
}
