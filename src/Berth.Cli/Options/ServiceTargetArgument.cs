using System.CommandLine;

namespace Berth.Cli.Options;

/// <summary>The argument <c>NAMESPACE/SERVICE</c>.</summary>
internal static class ServiceTargetArgument
{
    public static Argument<string?> Create() =>
        new("NAMESPACE/SERVICE")
        {
            Description = "The Service whose pods are wanted, such as k8s-example2/service-b.",
            Arity = ArgumentArity.ExactlyOne,
        };

    /// <summary>Reads the argument. After a fault, which the reader keeps, the target is the default value.</summary>
    public static ServiceTarget Read(SettingsReader reader, Argument<string?> argument)
    {
        if (!ServiceTarget.TryParse(reader.GetArgument(argument), out ServiceTarget target, out string? fault))
            reader.Fault(fault);
        return target;
    }
}
