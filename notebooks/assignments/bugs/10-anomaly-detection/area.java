double area(double[] normal, double[] strange) {
  double[] sorted = normal.clone();
  Arrays.sort(sorted);
  double sum = 0;
  for (double s : strange) {
    int at = Arrays.binarySearch(sorted, s);
    sum += at < 0 ? -at - 1 : at;
  }
  return sum / normal.length / strange.length;
}
