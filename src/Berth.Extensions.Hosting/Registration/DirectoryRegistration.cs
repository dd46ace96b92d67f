using System.Diagnostics.Metrics;
using Berth.Extensions.Hosting.Checks;
using Berth.Extensions.Hosting.Settings;
using Berth.Extensions.Hosting.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Berth.Extensions.Hosting.Registration;

/// <summary>Registers the directory and its parts.</summary>
internal static class DirectoryRegistration
{
    /// <summary>The settings: bound by generated code, checked when the host starts.</summary>
    public static void AddSettings(this IServiceCollection services)
    {
        services.AddOptions<BerthSettings>().BindConfiguration(SettingsPaths.Root).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BerthSettings>, BerthSettingsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BerthViewSettings>, BerthViewSettingsCheck>());
    }

    /// <summary>The directory. The container disposes it, and it disposes the source.</summary>
    public static void AddDirectory(this IServiceCollection services) => services.TryAddSingleton(CreateDirectory);

    /// <summary>
    /// The identity of this pod, for programs that look at themselves. Made when it is asked for: other programs have no POD_NAME.
    /// </summary>
    public static void AddPodIdentity(this IServiceCollection services) => services.TryAddSingleton(static provider =>
    {
        IConfiguration configuration = provider.GetRequiredService<IConfiguration>();
        return PodIdentity.FromEnvironment(name => configuration[name] ?? HostEnvironment.Read(name));
    });

    /// <summary>The beginning of following, when the host starts.</summary>
    public static void AddStart(this IServiceCollection services) => services.AddHostedService<BerthStart>();

    private static EndpointDirectory CreateDirectory(IServiceProvider provider)
    {
        BerthSettings settings = provider.GetRequiredService<IOptions<BerthSettings>>().Value;
        SourceRegistration source = provider.GetRequiredService<BerthRegistrations>().FindSource(settings.Source)!;
        IConfiguration configuration = provider.GetRequiredService<IConfiguration>();
        BerthSourceContext context = new(provider, configuration.GetSection(SettingsPaths.OfSource(source.Name)));
        return new EndpointDirectory(source.Create(context), new EndpointDirectoryOptions
        {
            TimeProvider = context.TimeProvider,
            LoggerFactory = context.LoggerFactory,
            Meter = provider.GetService<IMeterFactory>()?.Create("Berth"),
            FirstSnapshotTimeout = settings.FirstSnapshotTimeout,
            SnapshotFile = settings.SnapshotFile,
            MaxStale = settings.MaxStale,
            LastResort = settings.LastResort,
        });
    }
}
