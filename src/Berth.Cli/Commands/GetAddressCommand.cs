using System.CommandLine;
using Berth.Cli.Hosting;
using Berth.Cli.Options;
using Berth.Cli.Output;
using Berth.Remote;
using Berth.Writing;

namespace Berth.Cli.Commands;

/// <summary><c>berth get address</c>: this pod's own address as its clients see it, asked of service A.</summary>
internal static class GetAddressCommand
{
    /// <summary>The UID, from fieldRef metadata.uid. It distinguishes this pod from an older one.</summary>
    private const string UidVariable = "POD_UID";

    /// <summary>The pod's IP, from fieldRef status.podIP. It distinguishes the pod's own address from an external one.</summary>
    private const string PodIPVariable = "POD_IP";

    public static Command Create(ProgramHost host)
    {
        Argument<string?> service = new("NAMESPACE/SERVICE")
        {
            Description = "This pod's Service. Default: the one with the name of its StatefulSet, in POD_NAMESPACE.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> external = new("--external")
        {
            Description = "Refuse an address that is the pod's own (POD_IP): clients outside the cluster cannot use it.",
        };
        ExampleCommand command = new(
            "address",
            "Shows this pod's own address as its clients see it, asked of service A: the pod needs no permission in the cluster.",
            "POD_NAME=kafka-2 POD_NAMESPACE=games berth get address --from http://service-a:8000      # 203.0.113.7:9094",
            "berth get address games/kafka --from http://service-a:8000 --external --env-file /shared/env")
        {
            service,
            external,
        };
        return command.Runs(
            host,
            [.. FromSettings.All, AddressSettings.EnvFile, AddressSettings.Timeout, CommonSettings.Output],
            reader => RunAsync(reader, host, service, external));
    }

    private static async Task<int> RunAsync(SettingsReader reader, ProgramHost host, Argument<string?> service, Option<bool> external)
    {
        string[] from = FromSettings.Read(reader);
        if (from.Length == 0)
            reader.Fault("The address of service A is not given. Give --from, such as --from http://service-a.k8s-example2:8000.");
        string? path = reader.Get(AddressSettings.EnvFile);
        TimeSpan timeout = reader.Get(AddressSettings.Timeout);
        OutputFormat format = reader.Get(CommonSettings.Output);
        PodIdentity self = PodIdentity.FromEnvironment(host.Variable);
        ServiceTarget target = ReadTarget(reader, service, self);
        RemoteEndpointSourceOptions options = new()
        {
            TokenFile = reader.Get(FromSettings.TokenFile),
            CertificateAuthorityFile = reader.Get(FromSettings.AuthorityFile),
            TimeProvider = host.Time,
        };
        reader.ThrowIfFaulty();
        using StopSignal stop = new();
        EndpointDirectory directory = RemoteEndpoints.Connect(
            from, options, new EndpointDirectoryOptions { TimeProvider = host.Time, Backoff = new ExponentialBackoff(host.Random) });
        PodEndpoint own;
        await using (directory.ConfigureAwait(false))
        {
            EndpointView view = directory.Follow(target, PortScheme.FromService());
            own = await FindAsync(view, self, host, timeout, stop.Token).ConfigureAwait(false);
        }

        if (reader.GetFlag(external) && host.Variable(PodIPVariable) is { } inner && own.Addresses.All(each => each.ToString() == inner))
            throw CommandException.NothingFound($"{from[0]} gives {own.Address} for {self.Name}, which is the pod's own address. "
                + "Give the address of a dispatcher that runs with --address external.");
        if (path is not null)
            EnvironmentFile.Write(path, EnvironmentFile.LinesOf(own));
        host.Out.WriteLine(format == OutputFormat.Json ? JsonText.Write(json => EndpointJson.Write(json, own)) : own.Authority);
        return ExitCode.Ok;
    }

    private static ServiceTarget ReadTarget(SettingsReader reader, Argument<string?> argument, PodIdentity self)
    {
        string? text = reader.GetArgument(argument);
        if (text is null && self.Namespace is { } space && PodOrdinal.TryReadStem(self.Name, out ReadOnlySpan<char> stem, out _))
            return new ServiceTarget(space, stem.ToString());
        if (text is null)
            reader.Fault($"The Service of {self} is not known. Give it as NAMESPACE/SERVICE, or set {PodIdentity.NamespaceVariable}.");
        else if (ServiceTarget.TryParse(text, out ServiceTarget target, out string? fault))
            return target;
        else
            reader.Fault(fault);
        return default;
    }

    /// <summary>Waits until service A knows this pod: service A lists a starting pod as soon as it has an address.</summary>
    private static async Task<PodEndpoint> FindAsync(
        EndpointView view, PodIdentity self, ProgramHost host, TimeSpan timeout, CancellationToken stopping)
    {
        string? uid = host.Variable(UidVariable) is { Length: > 0 } given ? given : null;
        using CancellationTokenSource limit = new(timeout, host.Time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await foreach (EndpointSnapshot snapshot in view.ReadAllAsync(both.Token).ConfigureAwait(false))
            {
                if (snapshot.FindByName(self.Name) is { } found && (uid is null || found.Uid is null || found.Uid == uid))
                    return found;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            string after = $"Service A did not state the address of {self.Name} within {Durations.Format(timeout)}.";
            if (view.Current is not { } last)
                throw CommandException.Unreachable($"{after} {view.Failure?.Message ?? "It did not answer."}", view.Failure);
            string why = last.LeftOut.FirstOrDefault(pod => pod.Name == self.Name)?.Detail
                ?? (last.FindByName(self.Name) is { } other
                    ? $"It knows the pod as {other.Uid}, and this one is {uid}."
                    : $"It has {last.Endpoints.Count} pods of {view.Target}, and not this one. Check the Service and its selector.");
            throw CommandException.NothingFound($"{after} {why}");
        }

        throw CommandException.Unreachable($"Following {view.Target} has ended.");
    }
}
