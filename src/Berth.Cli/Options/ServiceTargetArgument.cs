using System.CommandLine;
using Berth.Cli.Hosting;

namespace Berth.Cli.Options;

/// <summary>The argument <c>NAMESPACE/SERVICE</c>.</summary>
internal static class ServiceTargetArgument
{
    /// <summary>The option of kubectl for the namespace.</summary>
    public static Setting<string?> Namespace { get; } = new(
        "namespace", "NAME", "The namespace of a SERVICE that is given without one. In kubectl berth the default is the context's.",
        CommonParsers.Text, null, separator: null, "-n");

    public static Argument<string?> Create() =>
        new("NAMESPACE/SERVICE")
        {
            Description = "The Service whose pods are wanted, such as k8s-example2/service-b.",
            Arity = ArgumentArity.ExactlyOne,
        };

    /// <summary>Reads the argument. After a fault, which the reader keeps, the target is the default value.</summary>
    public static ServiceTarget Read(SettingsReader reader, ProgramHost host, Argument<string?> argument)
    {
        string? text = reader.GetArgument(argument);
        string? space = reader.Get(Namespace);
        if (text?.Contains('/', StringComparison.Ordinal) == false)
        {
            // As every command of kubectl does.
            space ??= host.IsPlugin ? ClusterSettings.Read(reader).Find(host).Namespace : null;
            if (space is not null)
                text = $"{space}/{text}";
        }
        else if (space is not null && reader.OriginOf(Namespace) == SettingOrigin.CommandLine)
        {
            reader.Fault($"'{text}' names a namespace, and so does --namespace. Leave one out.");
        }

        if (!ServiceTarget.TryParse(text, out ServiceTarget target, out string? fault))
            reader.Fault(fault);
        return target;
    }
}
