using Berth.Extensions.Hosting.Diagnostics;
using Berth.Extensions.Hosting.Settings;
using Berth.Extensions.Hosting.Sources;
using Berth.Logging;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.Extensions.Hosting.Registration;

/// <summary>
/// Begins to follow all views when the host starts, so that the first request finds a snapshot, and a cluster that cannot be found stops
/// the start. It waits for nothing.
/// </summary>
internal sealed class BerthStart(
    IServiceProvider services, BerthRegistrations registrations, IConfiguration configuration, ILoggerFactory loggers) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (string name in registrations.Views)
            services.GetRequiredKeyedService<EndpointView>(name);
        ILogger logger = loggers.CreateSafeLogger("Berth.Hosting");
        foreach (IConfigurationSection view in configuration.GetSection(SettingsPaths.Views).GetChildren())
        {
            if (!registrations.Views.Contains(view.Key, StringComparer.OrdinalIgnoreCase))
                Log.ViewNotAdded(logger, view.Path, string.Join(", ", registrations.Views));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
