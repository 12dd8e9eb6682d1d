// The status of the program is the status of the run.
int
main(void)
{
  return 3;
}
