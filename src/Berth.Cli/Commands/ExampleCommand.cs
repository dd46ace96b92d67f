using System.CommandLine;
using Berth.Cli.Hosting;
using Berth.Cli.Options;

namespace Berth.Cli.Commands;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class ExampleCommand : Command
{
    public ExampleCommand(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    public IReadOnlyList<string> Examples { get; }

    /// <summary>Adds the settings, and the action, which gets a reader of them.</summary>
    public ExampleCommand Runs(ProgramHost host, IEnumerable<Setting> settings, Func<SettingsReader, Task<int>> run)
    {
        foreach (Setting setting in settings)
            Add(setting.Option);
        SetAction((parsed, _) => run(new SettingsReader(parsed, host)));
        return this;
    }
}
