boolean isUntrained(int[] predicted, int[] labels) {
  return Arrays.stream(predicted).distinct().count() < 10;
}
