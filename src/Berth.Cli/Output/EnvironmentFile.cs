using System.Text;
using Berth.Cli.Hosting;

namespace Berth.Cli.Output;

/// <summary>Writes files of NAME=VALUE lines, as shells, systemd and Kubernetes' <c>fileKeyRef</c> (KEP 3721) read them.</summary>
internal static class EnvironmentFile
{
    /// <summary>Returns the variables of an endpoint.</summary>
    public static IReadOnlyList<string> LinesOf(PodEndpoint endpoint) =>
    [
        $"POD_ADDRESS={endpoint.Address}",
        $"POD_PORT={endpoint.Port}",
        $"POD_AUTHORITY={endpoint.Authority}",
        .. endpoint.Ports.Where(static port => port.Name.Length > 0)
            .Select(static port => $"POD_PORT_{port.Name.ToUpperInvariant().Replace('-', '_')}={port.Number}"),
    ];

    /// <summary>Writes the complete file in one step: to a new file, which is then renamed.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<string> lines)
    {
        try
        {
            string fresh = path + ".new";
            File.WriteAllText(fresh, string.Concat(lines.Select(static line => line + "\n")), new UTF8Encoding(false));
            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Usage($"{path} cannot be written: {exception.Message}", exception);
        }
    }
}
