using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Berth.AspNetCore.Serving;

/// <summary>
/// The prefixes of one program, or of one group of its routes. A second call for one prefix is noticed here: ASP.NET itself would notice it
/// at the first request, and would not name the prefix.
/// </summary>
internal sealed class RoutePrefixes
{
    private static readonly ConditionalWeakTable<ICollection<EndpointDataSource>, RoutePrefixes> s_all = [];

    private readonly List<RoutePrefix> _mapped = [];

    /// <summary>Returns those of a program or group.</summary>
    public static RoutePrefixes Of(IEndpointRouteBuilder endpoints) =>
        s_all.GetValue(endpoints.DataSources, static _ => new RoutePrefixes());

    /// <summary>Checks that a program still takes routes.</summary>
    /// <exception cref="InvalidOperationException">It has started: requests would not find them.</exception>
    public static void CheckOpen(IServiceProvider services, string prefix)
    {
        if (services.GetService<IHostApplicationLifetime>()?.ApplicationStarted.IsCancellationRequested == true)
        {
            throw new InvalidOperationException(
                $"The program has started already: no request would find the routes of MapBerth at '{prefix}'. Call MapBerth before " +
                "Run().");
        }
    }

    /// <summary>Checks a prefix against those that are mapped.</summary>
    /// <exception cref="InvalidOperationException">Requests could not be told apart.</exception>
    public void Check(RoutePrefix prefix)
    {
        foreach (RoutePrefix mapped in _mapped)
        {
            if (prefix.FaultBeside(mapped) is { } fault)
                throw new InvalidOperationException(fault);
        }
    }

    /// <summary>Adds a prefix that is mapped from now on.</summary>
    public void Add(RoutePrefix prefix) => _mapped.Add(prefix);
}
