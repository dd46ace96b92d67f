using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/micro -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
