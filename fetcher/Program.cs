Console.Error.WriteLine("nix-ai-models");
return 2;
