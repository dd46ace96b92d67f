using Berth.LocalCluster.Access;
using Berth.LocalCluster.Controllers;
using Berth.LocalCluster.Kinds;
using Berth.LocalCluster.Storage;

namespace Berth.LocalCluster.Runtime;

/// <summary>
/// The names of Services for containers: one hosts file for each namespace, which a container sees as <c>/etc/hosts</c>. A Service with a
/// cluster address has its own loopback address, on which a forwarder listens. A headless Service has the addresses of its ready pods, and
/// each of these pods has a name.
/// </summary>
internal sealed class ServiceNames(ObjectStore store, AccessFiles files, Func<PodAddresses> addresses, bool areGiven) : IController
{
    private const string HostsOfMachine = "/etc/hosts";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Path, string Text)> _files = new(StringComparer.Ordinal);

    public IEnumerable<string> Affected(Change change) =>
        change.Kind == KindTable.Service || change.Kind == KindTable.EndpointSlice ? ["/"] : [];

    /// <summary>All files at once: each lists the Services of all namespaces.</summary>
    public void Reconcile(string? @namespace, string name)
    {
        lock (_gate)
        {
            foreach (string gone in _addresses.Keys.Except(store.List(KindTable.Service).Select(static service => service.Uid)).ToList())
            {
                _addresses.Remove(gone, out string? address);
                addresses().ReturnOfService(address!);
            }

            foreach (string space in _files.Keys.ToList())
                Write(space);
        }
    }

    /// <summary>The address of this machine that a Service's name leads to; null for one without a cluster address.</summary>
    public string? AddressOf(StoredObject service)
    {
        if (!areGiven || !OperatingSystem.IsLinux() || service.Body.Text("spec", "clusterIP") is null or "" or "None")
            return null;
        lock (_gate)
        {
            if (_addresses.TryGetValue(service.Uid, out string? known))
                return known;
            return addresses().TakeForService() is { } address ? _addresses[service.Uid] = address : null;
        }
    }

    /// <summary>The file that the containers of a namespace see as <c>/etc/hosts</c>. It follows every change.</summary>
    public string FileOf(string @namespace)
    {
        lock (_gate)
        {
            if (_files.TryGetValue(@namespace, out (string Path, string) known))
                return known.Path;
            string path = files.HostsOf(@namespace);
            _files[@namespace] = (path, "");
            Write(@namespace);
            return path;
        }
    }

    /// <summary>Into the file itself, which is mounted: another file of its name would not be seen.</summary>
    private void Write(string @namespace)
    {
        (string path, string before) = _files[@namespace];
        string text = Text(@namespace);
        if (text == before)
            return;
        _files[@namespace] = (path, text);
        using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.SetLength(file.Position);
    }

    private string Text(string @namespace)
    {
        StringBuilder text = new(File.Exists(HostsOfMachine) ? File.ReadAllText(HostsOfMachine) : "127.0.0.1 localhost\n");
        text.Append("\n# The Services of the local cluster.\n");
        ILookup<string, StoredObject> slices = store.List(KindTable.EndpointSlice)
            .Where(static slice => slice.Body.Text("addressType") == "IPv4")
            .ToLookup(static slice =>
                ResourceKind.Key(slice.Namespace, slice.Body.Text("metadata", "labels", "kubernetes.io/service-name") ?? ""));
        foreach (StoredObject service in store.List(KindTable.Service))
        {
            string names = Names(service, @namespace);
            if (AddressOf(service) is { } address)
                text.Append(CultureInfo.InvariantCulture, $"{address} {names}\n");
            else if (service.Body.Text("spec", "clusterIP") == "None")
                AppendPods(text, slices[service.Key], names);
        }

        return text.ToString();
    }

    private static void AppendPods(StringBuilder text, IEnumerable<StoredObject> slices, string names)
    {
        foreach (JsonObject endpoint in slices.SelectMany(static slice => slice.Body.Items("endpoints")))
        {
            if (endpoint.At("conditions", "ready") is not null && !endpoint.Flag("conditions", "ready"))
                continue;
            string ofPod = endpoint.Text("hostname") is { } host
                ? string.Join(' ', names.Split(' ').Select(name => $"{host}.{name}")) + " "
                : "";
            text.Append(CultureInfo.InvariantCulture, $"{endpoint.Texts("addresses").First()} {ofPod}{names}\n");
        }
    }

    /// <summary>A Service as cluster DNS knows it, with the domain <c>cluster.local</c>; by its name alone in its own namespace.</summary>
    private static string Names(StoredObject service, string @namespace)
    {
        string qualified = $"{service.Name}.{service.Namespace}";
        string all = $"{qualified}.svc.cluster.local {qualified}.svc {qualified}";
        return service.Namespace == @namespace ? $"{all} {service.Name}" : all;
    }
}
