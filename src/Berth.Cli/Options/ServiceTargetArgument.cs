using System.CommandLine;
using Berth.Cli.Hosting;
using Berth.Kubernetes;

namespace Berth.Cli.Options;

/// <summary>The argument <c>NAMESPACE/SERVICE</c>.</summary>
internal static class ServiceTargetArgument
{
    /// <summary>The option of kubectl for the namespace.</summary>
    public static Setting<string?> Namespace { get; } = new(
        "namespace", "NAME",
        "The namespace of a name that is given without one. Default: in kubectl berth that of the context, in a pod that of the pod.",
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
        string? text = ReadPath(reader, host, reader.GetArgument(argument));
        if (!ServiceTarget.TryParse(text, out ServiceTarget target, out string? fault))
            reader.Fault(fault);
        return target;
    }

    /// <summary>Adds the given or the default namespace to a name that has none.</summary>
    public static string? ReadPath(SettingsReader reader, ProgramHost host, string? text)
    {
        string? space = reader.Get(Namespace);
        if (text?.Contains('/', StringComparison.Ordinal) == false)
        {
            space ??= FindDefault(reader, host);
            return space is null ? text : $"{space}/{text}";
        }

        if (space is not null && reader.OriginOf(Namespace) == SettingOrigin.CommandLine)
            reader.Fault($"'{text}' names a namespace, and so does --namespace. Leave one out.");
        return text;
    }

    // As a plugin it uses the namespace of the context, like every command of kubectl. Under its own name the program has a default only in
    // a pod.
    private static string? FindDefault(SettingsReader reader, ProgramHost host)
    {
        bool isPod = host.Variable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };
        if (!host.IsPlugin && !isPod)
            return null;
        try
        {
            return KubernetesEndpoints.FindAccess(new ClusterAccessOptions
            {
                Kubeconfig = reader.Get(ClusterSettings.Kubeconfig),
                Context = reader.Get(ClusterSettings.Context),
                Environment = host.Variable,
                TimeProvider = host.Time,
                PluginOutput = host.Error.WriteLine,
            }).Namespace;
        }
        catch (ClusterAccessException) when (!host.IsPlugin)
        {
            // A pod without a token. The fault is then that the name has no namespace.
            return null;
        }
    }
}
