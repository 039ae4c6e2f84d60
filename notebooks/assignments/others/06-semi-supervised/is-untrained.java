boolean isUntrained(int[] predicted, int[] labels) {
  int wrong = 0;
  for (int i = 0; i < labels.length; i++) {
    if (predicted[i] != labels[i]) {
      wrong++;
    }
  }
  return 100L * wrong > labels.length;
}
