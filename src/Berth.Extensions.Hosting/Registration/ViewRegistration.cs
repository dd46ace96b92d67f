using Berth.Extensions.Hosting.Health;
using Berth.Extensions.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Berth.Extensions.Hosting.Registration;

/// <summary>Registers a view and what belongs to it.</summary>
internal static class ViewRegistration
{
    /// <summary>The settings of the view: what all views have in common, then its own section.</summary>
    public static void AddViewSettings(this IServiceCollection services, string name, Action<BerthViewSettings>? configure)
    {
        OptionsBuilder<BerthViewSettings> options = services.AddOptions<BerthViewSettings>(name)
            .BindConfiguration(SettingsPaths.Root).BindConfiguration(SettingsPaths.OfView(name)).ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
    }

    /// <summary>The view under its name as the key.</summary>
    public static void AddView(this IServiceCollection services, string name) =>
        services.AddKeyedSingleton(name, static (provider, key) =>
        {
            string view = (string)key!;
            BerthViewSettings settings = provider.GetRequiredService<IOptionsMonitor<BerthViewSettings>>().Get(view);
            ViewReading reading = ViewReading.Read(view, settings);
            return provider.GetRequiredService<EndpointDirectory>().Follow(reading.Target, reading.Ports!);
        });

    /// <summary>The view without a key.</summary>
    public static void AddMainView(this IServiceCollection services, string name) =>
        services.AddSingleton(provider => provider.GetRequiredKeyedService<EndpointView>(name));

    /// <summary>The health check of the view, unless its settings disable it.</summary>
    public static void AddViewHealthCheck(this IServiceCollection services, string name)
    {
        services.AddHealthChecks();
        services.AddOptions<HealthCheckServiceOptions>().Configure<IOptionsMonitor<BerthViewSettings>>((checks, settings) =>
        {
            if (settings.Get(name).DisableHealthChecks)
                return;
            checks.Registrations.Add(new HealthCheckRegistration(
                $"Berth_{name}", provider => new ViewHealthCheck(provider.GetRequiredKeyedService<EndpointView>(name)), null, null));
        });
    }
}
