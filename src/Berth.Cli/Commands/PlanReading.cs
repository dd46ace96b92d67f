using Berth.Cli.Files;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Kubernetes;
using Berth.Planning;

namespace Berth.Cli.Commands;

/// <summary>Reads the manifests and the cluster that a command of <c>berth plan</c> names.</summary>
internal static class PlanReading
{
    /// <summary>Creates the plan, and returns the exit code that its reading requires.</summary>
    public static async Task<(PortPlan Plan, int ExitCode)> CreateAsync(SettingsReader reader, ProgramHost host, PlanOptions options)
    {
        string[] files = reader.Get(PlanSettings.Files);
        string? @namespace = reader.Get(PlanSettings.Namespace);
        bool withCluster = reader.Get(PlanSettings.WithCluster) || files.Length == 0;
        string? kubeconfig = reader.Get(ClusterSettings.Kubeconfig);
        string? context = reader.Get(ClusterSettings.Context);
        reader.ThrowIfFaulty();
        PlanInput input = new(@namespace ?? "default");
        foreach (string file in files)
            AddFile(input, file, host);
        if (withCluster)
        {
            try
            {
                ClusterAccess access = KubernetesEndpoints.FindAccess(new ClusterAccessOptions
                {
                    Kubeconfig = kubeconfig,
                    Context = context,
                    Environment = host.Variable,
                    TimeProvider = host.Time,
                    PluginOutput = host.Error.WriteLine,
                });
                using StopSignal stop = new();
                await input.AddClusterAsync(access, host.Time, @namespace, stop.Token).ConfigureAwait(false);
            }
            catch (ClusterAccessException exception) when (files.Length > 0)
            {
                // The manifests are still checked.
                input.AddUnread(exception.Message);
            }
        }

        PortPlan plan = PortPlan.Create(input, options);
        if (plan.Objects == 0 && plan.Unread.Count == 0)
            throw CommandException.Usage($"No objects to check: {string.Join(", ", files.DefaultIfEmpty("the cluster"))} has none.");
        return (plan, input.IsClusterUnread ? ExitCode.Unreachable : plan.Unread.Count > 0 ? ExitCode.Usage : ExitCode.Ok);
    }

    private static void AddFile(PlanInput input, string file, ProgramHost host)
    {
        try
        {
            if (file == "-")
            {
                input.Add(host.In.ReadToEnd(), "stdin");
                return;
            }

            input.Add([.. ManifestFiles.Read(file, input.AddUnread)]);
        }
        catch (CommandException exception)
        {
            // The other files are still checked.
            input.AddUnread(exception.Message);
        }
    }
}
