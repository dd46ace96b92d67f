using System.Globalization;
using Berth.Fuzz;
using SharpFuzz;

// Berth.Fuzz TARGET              under afl-fuzz: inputs come from it
// Berth.Fuzz TARGET FILE         one input, such as one that a fuzzer found
// Berth.Fuzz TARGET loop SECONDS [SEED]   mutations of the corpus, without a fuzzer
if (args.Length == 0 || FuzzTargets.Find(args[0]) is not { } target)
{
    Console.Error.WriteLine($"Name a target: {string.Join(", ", FuzzTargets.All.Select(static t => t.Name))}.");
    return 2;
}

switch (args)
{
    case [_]:
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using MemoryStream input = new();
            stream.CopyTo(input);
            FuzzLoop.Play(target, input.ToArray());
        });
        return 0;
    case [_, "loop", var seconds, .. var rest]:
        int seed = rest is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        Console.WriteLine($"Seed {seed}.");
        int played = FuzzLoop.Run(target, seed, int.MaxValue, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
        Console.WriteLine($"{played} inputs, nothing wrong.");
        return 0;
    default:
        FuzzLoop.Play(target, File.ReadAllBytes(args[1]));
        Console.WriteLine("Nothing wrong.");
        return 0;
}
