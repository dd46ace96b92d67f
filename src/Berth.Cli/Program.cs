using Berth.Cli;
using Berth.Cli.Hosting;

return await BerthProgram.RunAsync(args, ProgramHost.OfThisProcess()).ConfigureAwait(false);
