int torn(int[] family, boolean[] inTest) {
  int count = 0;
  for (int i = 1; i < family.length; i++) {
    count += family[i] == family[i - 1] && inTest[i] != inTest[i - 1] ? 1 : 0;
  }
  return count;
}
