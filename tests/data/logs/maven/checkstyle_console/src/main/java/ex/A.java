package ex;
public class A { int F() { return 1; } }
