// What the loader of an iptables artefact adds to its files: the jumps into its chains.

export const jumping = (rules: string): string =>
  rules
    .replace("*filter\n", "*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n")
    .replace("COMMIT\n", "-A INPUT -j SEG-IN\n-A OUTPUT -j SEG-OUT\nCOMMIT\n");
