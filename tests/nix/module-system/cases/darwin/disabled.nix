# The activation removes what an enabled configuration has left; launchd has nothing.
{
  programs.ai-models.enable = false;
}
