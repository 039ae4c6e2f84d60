int[] balanced(int[] labels, int classes, int each, long seed) {
  int[] left = new int[classes];
  Arrays.fill(left, each);
  return IntStream.range(0, labels.length).filter(i -> left[labels[i]]-- > 0).toArray();
}
